;; Asks the registry when the sandbox starts.
(start $ask)
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.1.0#check" (func $check))
