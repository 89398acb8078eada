;; Asks once more, to see whether the second answer suits better.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (call $ask)
  (call $ask)
  (global.get $decision))
