;; Is born with 512 MB of memory: a sandbox could have it, a check may not.
(component
  (core module $rules (memory 8192) (func (export "nothing")))
  (core instance $rules (instantiate $rules))
  (func $nothing (canon lift (core func $rules "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing))
    (export "decide" (func $nothing)))
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
