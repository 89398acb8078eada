;; Is born with 2 GB of memory.
(component
  (core module $rules (memory 32768) (func (export "nothing")))
  (core instance $rules (instantiate $rules))
  (func $nothing (canon lift (core func $rules "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing))
    (export "decide" (func $nothing)))
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
