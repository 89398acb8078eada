;; Says that the verdict lies where there is no memory.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (i32.const 0x7ffffff0))
