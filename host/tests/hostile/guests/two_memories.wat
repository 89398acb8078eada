;; Has two core modules with a memory each: a policy has one memory.
(component
  (core module $rules (memory 1) (func (export "nothing")))
  (core instance $one (instantiate $rules))
  (core instance $two (instantiate $rules))
  (func $nothing (canon lift (core func $one "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing))
    (export "decide" (func $nothing)))
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
