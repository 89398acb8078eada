;; Has more tables than a policy may have.
(component
  (core module $rules
    (table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref) (table 1 funcref)
    (func (export "nothing")))
  (core instance $rules (instantiate $rules))
  (func $nothing (canon lift (core func $rules "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing))
    (export "decide" (func $nothing)))
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
