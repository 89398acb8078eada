;; Says that nothing is due, so that nobody is looked up.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(func (export "mustcheck:credit/policy@0.1.0#due-lookups") (param $application i32) (result i32)
  ;; `ok`, and a list of no queries.
  (i64.store (i32.const 16) (i64.const 0))
  (i32.store (i32.const 24) (i32.const 0))
  (i32.const 16))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (call $lookup (i32.const 0) (i32.const 0) (i32.const 16))
  (global.get $decision))
