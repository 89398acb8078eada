;; What stands before every guest here that is a core module: all that an honest policy needs, so
;; that a guest shows what makes it hostile and nothing else. The test puts three things after it:
;; the memory image with honest values (or one lie), `$top` and the places of the values in it.

(import "mustcheck:credit/registry@0.1.0" "lookup"
  (func $lookup (param $queries i32) (param $count i32) (param $answers i32)))

;; Gives memory out and takes none back: a sandbox lives for one call.
(func $allocate (export "cabi_realloc")
  (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
  (local $at i32)
  (local.set $at
    (i32.and
      (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
  (global.set $top (i32.add (local.get $at) (local.get $size)))
  (if (i32.gt_u (global.get $top) (i32.mul (memory.size) (i32.const 65536)))
    (then
      (drop
        (memory.grow
          (i32.add (i32.div_u (local.get $size) (i32.const 65536)) (i32.const 1))))))
  (local.get $at))

;; What the embedded policy says of itself.
(func $describe (result i32) (global.get $description))

;; The lookups that are due.
(func $due-lookups (param $application i32) (result i32) (global.get $due))

;; Asks the host for the lookups that are due. Their list lies in the `ok` of a result.
(func $ask
  (call $lookup
    (i32.load offset=4 (global.get $due))
    (i32.load offset=8 (global.get $due))
    (call $allocate (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8))))

;; Asks, and decides what the embedded policy decided.
(func $check (param $arguments i32) (result i32)
  (call $ask)
  (global.get $decision))
