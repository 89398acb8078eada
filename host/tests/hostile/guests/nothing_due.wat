;; Says that nothing is due, so that nobody is looked up.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(func (export "mustcheck:credit/policy@0.2.0#due-lookups") (type $Due)
  ;; `ok`, and a list of no lookups.
  (i64.store (i32.const 16) (i64.const 0))
  (i32.store (i32.const 24) (i32.const 0))
  (i32.const 16))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
