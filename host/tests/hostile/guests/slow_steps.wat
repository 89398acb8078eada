;; Loops over the dearest of all instructions: one that goes through the host for nothing.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (loop $again (drop (memory.grow (i32.const 0))) (br $again))
  (unreachable))
