;; Asks 20 million times about the same subject, with one list in memory for all of them.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (local $i i32)
  (drop (memory.grow (i32.const 3700)))
  (call $lookup
    (i32.const 65536)
    (i32.const 20000000)
    (i32.const 16))
  (global.get $decision))
