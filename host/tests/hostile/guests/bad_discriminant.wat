;; Returns a verdict whose first byte, `ok` or `error`, is neither.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (i32.store8 (global.get $verdict) (i32.const 9))
  (global.get $verdict))
