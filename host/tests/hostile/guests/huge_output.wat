;; Judges 20 million records: 100 MB.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (drop (memory.grow (i32.const 1600)))
  ;; The records are the first list of the verdict, which lies in the `ok` of a result.
  (i32.store offset=8 (global.get $verdict) (i32.const 0))
  (i32.store offset=12 (global.get $verdict) (i32.const 20000000))
  (global.get $verdict))
