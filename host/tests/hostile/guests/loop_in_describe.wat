;; Never says what it is, so that whoever only opens it is kept waiting.
(func (export "mustcheck:credit/policy@0.2.0#describe") (result i32)
  (loop $again (br $again))
  (unreachable))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
