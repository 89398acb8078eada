;; Never finishes starting, so that whoever only opens it is kept waiting.
(start $begin)
(func $begin (loop $again (br $again)))
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
