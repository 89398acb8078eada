;; Wants the registry, to ask by itself.
(component
  (import "mustcheck:credit/registry@0.2.0" (instance (export "lookup" (func))))
  (instance $policy)
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
