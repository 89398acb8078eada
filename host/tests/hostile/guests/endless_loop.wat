;; Never comes back from `check`.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (loop $again (br $again))
  (unreachable))
