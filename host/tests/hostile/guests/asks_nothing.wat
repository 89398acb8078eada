;; Asks the host for no lookup at all.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (call $lookup
    (i32.const 0)
    (i32.const 0)
    (call $allocate (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8)))
  (global.get $decision))
