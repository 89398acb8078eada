;; Decides with an application id that is no UTF-8.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (call $ask)
  (i32.store8 (i32.load offset=4 (global.get $decision)) (i32.const 0xff))
  (global.get $decision))
