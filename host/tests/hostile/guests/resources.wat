;; Makes a thousand handles of a resource of its own: each is kept by the host, outside the sandbox.
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core module $rules
    (import "host" "new" (func $new (param i32) (result i32)))
    (func $hoard
      (local $made i32)
      (loop $again
        (drop (call $new (i32.const 0)))
        (local.set $made (i32.add (local.get $made) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $made) (i32.const 1000)))))
    (start $hoard)
    (func (export "nothing")))
  (core instance $rules
    (instantiate $rules (with "host" (instance (export "new" (func $new))))))
  (func $nothing (canon lift (core func $rules "nothing")))
  (instance $policy
    (export "describe" (func $nothing))
    (export "due-lookups" (func $nothing))
    (export "decide" (func $nothing)))
  (export "mustcheck:credit/policy@0.2.0" (instance $policy)))
