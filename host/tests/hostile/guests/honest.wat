;; Nothing hostile: with honest values it decides as the embedded policy does. Every lie is told
;; through this guest, by other values.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
