;; Asks the registry when it is opened, where no application is checked.
(func (export "mustcheck:credit/policy@0.1.0#describe") (result i32)
  (call $ask)
  (global.get $description))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.1.0#check" (func $check))
