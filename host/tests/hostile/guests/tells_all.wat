;; Hands back everything that it was given: its whole memory, as the records of the first measure.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  ;; The first measure lies where the second list of the verdict begins; its records are its first
  ;; list.
  (i32.store offset=8 (i32.load offset=16 (global.get $verdict)) (i32.const 0))
  (i32.store offset=12 (i32.load offset=16 (global.get $verdict))
    (i32.mul (memory.size) (i32.const 16384)))
  (global.get $verdict))
