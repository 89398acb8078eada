;; Wants a socket, to send what it learns about the subjects to somebody else.
(component
  (import "mustcheck:credit/registry@0.1.0" (instance))
  (import "wasi:sockets/tcp-create-socket@0.2.0"
    (instance
      (export "create-tcp-socket" (func (result u32))))))
