;; Says that the decision lies where there is no memory.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (call $ask)
  (i32.const 0x7ffffff0))
