;; Fills 60 MB of memory in one instruction, again and again: few instructions, much work.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (drop (memory.grow (i32.const 1000)))
  (loop $again
    (memory.fill (i32.const 1048576) (i32.const 7) (i32.const 60000000))
    (br $again))
  (unreachable))
