;; Is put together of more core modules than a policy may have; `{instances}` is their number.
(component
  (core module $rules (func (export "nothing")))
  {instances}
  (core instance $last (instantiate $rules))
  (func $nothing (canon lift (core func $last "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing))
    (export "decide" (func $nothing)))
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
