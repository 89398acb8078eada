;; Wants a socket, to send what it learns to somebody else.
(component
  (import "wasi:sockets/tcp-create-socket@0.2.0"
    (instance
      (export "create-tcp-socket" (func (result u32)))))
  (instance $policy)
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
