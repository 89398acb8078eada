;; Decides with an application id of 100 MB.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  (call $ask)
  (drop (memory.grow (i32.const 1600)))
  ;; The id is the first text of the decision, which lies in the `ok` of a result.
  (i32.store offset=4 (global.get $decision) (i32.const 0))
  (i32.store offset=8 (global.get $decision) (i32.const 100000000))
  (global.get $decision))
