;; A core module, as a compiler makes it, that was never encoded as a component.
(module
  (func (export "mustcheck:credit/policy@0.2.0#describe") (result i32) (unreachable)))
