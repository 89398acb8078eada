;; Takes memory until there is no more.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 256)) (i32.const -1))))
  (unreachable))
