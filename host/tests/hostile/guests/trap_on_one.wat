;; Panics on some applications and decides every other: those as of another day than today.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  ;; The as-of day, and the day of the check.
  (if (i32.ne (local.get 1) (local.get 2)) (then (unreachable)))
  (global.get $verdict))
