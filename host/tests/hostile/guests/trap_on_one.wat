;; Panics on one application and decides every other: the one whose id ends with `!`.
(export "mustcheck:credit/policy@0.1.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.1.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.1.0#check") (param $arguments i32) (result i32)
  ;; The id comes first: where its bytes are, and how many.
  (if (i32.eq
        (i32.load8_u
          (i32.sub
            (i32.add (i32.load (local.get $arguments)) (i32.load offset=4 (local.get $arguments)))
            (i32.const 1)))
        (i32.const 33))
    (then (unreachable)))
  (call $check (local.get $arguments)))
