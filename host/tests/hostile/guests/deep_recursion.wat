;; Calls itself without end.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func $deeper (param $n i32) (result i32)
  (i32.add (call $deeper (i32.add (local.get $n) (i32.const 1))) (i32.const 1)))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (call $deeper (i32.const 0)))
