;; Panics before any function is called: when the sandbox starts.
(start $begin)
(func $begin (unreachable))
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
