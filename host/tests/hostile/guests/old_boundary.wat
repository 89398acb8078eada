;; Was built for the first interface, which gave it names and a registry to ask.
(component
  (import "mustcheck:credit/registry@0.1.0" (instance))
  (instance $policy)
  (export "mustcheck:credit/policy@0.1.0" (instance $policy)))
