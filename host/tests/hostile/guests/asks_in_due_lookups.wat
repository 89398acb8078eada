;; Asks the registry while it is only asked what is due.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(func (export "mustcheck:credit/policy@0.1.0#due-lookups") (param $application i32) (result i32)
  (call $ask)
  (global.get $due))
(export "mustcheck:credit/policy@0.1.0#check" (func $check))
