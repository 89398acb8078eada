;; Grows a table until there is no more room.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(table $table 1 funcref)
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (loop $again
    (br_if $again (i32.ne (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1))))
  (unreachable))
