;; What stands before every guest here that is a core module: all that an honest policy needs, so
;; that a guest shows what makes it hostile and nothing else. The test puts three things after it:
;; the memory image with honest values (or one lie), `$top` and the places of the values in it.

(type $Due (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(type $Decide (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))

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
(func $due-lookups (type $Due) (global.get $due))

;; Decides what the embedded policy decided.
(func $decide (type $Decide) (global.get $verdict))
