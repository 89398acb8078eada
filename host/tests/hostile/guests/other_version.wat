;; Was built for a later version of the interface.
(component
  (instance $policy)
  (export "mustcheck:credit/policy@0.3.0" (instance $policy)))
