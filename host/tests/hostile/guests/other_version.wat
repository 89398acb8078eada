;; Was built for a later version of the interface.
(component
  (instance $policy)
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
