;; Calls itself without end.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func $deeper (param $n i32) (result i32)
  (i32.add (call $deeper (i32.add (local.get $n) (i32.const 1))) (i32.const 1)))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (call $deeper (local.get $arguments)))
