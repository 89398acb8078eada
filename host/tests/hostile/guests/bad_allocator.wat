;; Gives the host memory for the answers that does not exist.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (global.set $top (i32.const 0x7ffffff0))
  (call $ask)
  (global.get $decision))
