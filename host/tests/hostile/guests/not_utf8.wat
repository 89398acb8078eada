;; Describes itself with a name that is no UTF-8.
(func (export "mustcheck:credit/policy@0.2.0#describe") (result i32)
  (i32.store8 (i32.load (global.get $description)) (i32.const 0xff))
  (global.get $description))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
