;; Keeps what it was given in a check for the next one: a canary that no sandbox may hold.
(export "mustcheck:credit/policy@0.2.0#describe" (func $describe))
(export "mustcheck:credit/policy@0.2.0#due-lookups" (func $due-lookups))
(func (export "mustcheck:credit/policy@0.2.0#decide") (type $Decide)
  (local $at i32)
  (local $end i32)
  (drop (memory.grow (i32.const 16)))
  (local.set $end (i32.mul (memory.size) (i32.const 65536)))
  (local.set $at (i32.and (i32.add (global.get $top) (i32.const 4095)) (i32.const -4096)))
  ;; Every page beyond what it was born with: if one holds the canary, it panics.
  (loop $pages
    (if (i64.eq (i64.load (local.get $at)) (i64.const 0x5ca1ab1e0ddba11))
      (then (unreachable)))
    (i64.store (local.get $at) (i64.const 0x5ca1ab1e0ddba11))
    (local.set $at (i32.add (local.get $at) (i32.const 4096)))
    (br_if $pages (i32.lt_u (local.get $at) (local.get $end))))
  ;; LINGER
  (global.get $verdict))
