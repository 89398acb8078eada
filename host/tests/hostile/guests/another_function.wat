;; Wants a function that the registry does not have, under the registry's name: to erase a record.
(component
  (import "mustcheck:credit/registry@0.1.0"
    (instance
      (export "erase" (func (param "record" string)))))
  (core module $rules (func (export "nothing")))
  (core instance $rules (instantiate $rules))
  (func $nothing (canon lift (core func $rules "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing))
    (export "check" (func $nothing)))
  (export "mustcheck:credit/policy@0.1.0" (instance $policy)))
