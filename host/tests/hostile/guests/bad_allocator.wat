;; Gives the host memory for the application that does not exist.
(start $begin)
(func $begin (global.set $top (i32.const 0x7ffffff0)))
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
