;; Exports the interface without `decide`.
(component
  (core module $rules (func (export "nothing")))
  (core instance $rules (instantiate $rules))
  (func $nothing (canon lift (core func $rules "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing)))
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
