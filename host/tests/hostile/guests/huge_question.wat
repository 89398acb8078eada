;; Says that 20 million lookups are due.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(func (export "mustcheck:credit/policy@0.2.0#due-lookups") (type $Due)
  (drop (memory.grow (i32.const 3700)))
  ;; The list lies in the `ok` of a result.
  (i32.store offset=4 (global.get $due) (i32.const 65536))
  (i32.store offset=8 (global.get $due) (i32.const 20000000))
  (global.get $due))
(export "mustcheck:credit/policy@0.2.0#decide" (func $decide))
