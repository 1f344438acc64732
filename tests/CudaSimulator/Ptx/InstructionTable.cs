using System.Globalization;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>The instructions that the interpreter executes, by name with all modifiers. A name that is not here is an error.</summary>
internal static class InstructionTable
{
    private static readonly Dictionary<string, Func<int, int, PtxInstruction>> s_unary = new()
    {
        ["neg.s32"] = (d, a) => new UnaryInstruction<Neg32>(d, a),
        ["neg.s64"] = (d, a) => new UnaryInstruction<Neg64>(d, a),
        ["popc.b32"] = (d, a) => new UnaryInstruction<CountBits32>(d, a),
        ["abs.s32"] = (d, a) => new UnaryInstruction<AbsS32>(d, a),
        ["not.b32"] = (d, a) => new UnaryInstruction<Not32>(d, a),
        ["not.b64"] = (d, a) => new UnaryInstruction<Not64>(d, a),
        ["not.pred"] = (d, a) => new UnaryInstruction<NotPredicate>(d, a),
        ["mov.pred"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.u16"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.b16"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.u32"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.s32"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.b32"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.f32"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.u64"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.b64"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["mov.f64"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["cvta.to.global.u64"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["cvta.global.u64"] = (d, a) => new UnaryInstruction<Move>(d, a),
        ["rcp.rn.f32"] = (d, a) => new UnaryInstruction<RcpF32>(d, a),
        ["rcp.rn.f64"] = (d, a) => new UnaryInstruction<RcpF64>(d, a),
        ["sqrt.rn.f32"] = (d, a) => new UnaryInstruction<SqrtF32>(d, a),
        ["sqrt.rn.f64"] = (d, a) => new UnaryInstruction<SqrtF64>(d, a),
        ["abs.f32"] = (d, a) => new UnaryInstruction<AbsF32>(d, a),
        ["abs.f64"] = (d, a) => new UnaryInstruction<AbsF64>(d, a),
        ["neg.f32"] = (d, a) => new UnaryInstruction<NegF32>(d, a),
        ["neg.f64"] = (d, a) => new UnaryInstruction<NegF64>(d, a),
        ["cvt.u16.u32"] = (d, a) => new UnaryInstruction<ToU16>(d, a),
        ["cvt.u64.u16"] = (d, a) => new UnaryInstruction<ToU16>(d, a),
        ["cvt.u32.u16"] = (d, a) => new UnaryInstruction<ToU16>(d, a),
        ["cvt.u32.u64"] = (d, a) => new UnaryInstruction<ToU32>(d, a),
        ["cvt.u64.u32"] = (d, a) => new UnaryInstruction<ToU32>(d, a),
        ["cvt.s64.s32"] = (d, a) => new UnaryInstruction<S32ToS64>(d, a),
        ["cvt.u16.u8"] = (d, a) => new UnaryInstruction<ToU8>(d, a),
        ["cvt.u32.u8"] = (d, a) => new UnaryInstruction<ToU8>(d, a),
        ["cvt.rn.f32.s32"] = (d, a) => new UnaryInstruction<S32ToF32>(d, a),
        ["cvt.rn.f32.u32"] = (d, a) => new UnaryInstruction<U32ToF32>(d, a),
        ["cvt.rn.f32.u16"] = (d, a) => new UnaryInstruction<U32ToF32>(d, a),
        ["cvt.rn.f64.s32"] = (d, a) => new UnaryInstruction<S32ToF64>(d, a),
        ["cvt.rn.f64.u32"] = (d, a) => new UnaryInstruction<U32ToF64>(d, a),
        ["cvt.f64.f32"] = (d, a) => new UnaryInstruction<F32ToF64>(d, a),
        ["cvt.rn.f32.f64"] = (d, a) => new UnaryInstruction<F64ToF32>(d, a),
        ["cvt.rzi.s32.f32"] = (d, a) => new UnaryInstruction<F32ToS32>(d, a),
        ["cvt.rzi.s32.f64"] = (d, a) => new UnaryInstruction<F64ToS32>(d, a),
        ["cvt.rzi.u32.f32"] = (d, a) => new UnaryInstruction<F32ToU32>(d, a),
        ["cvt.rna.tf32.f32"] = (d, a) => new UnaryInstruction<RoundTf32>(d, a),
        ["cvt.rni.f32.f32"] = (d, a) => new UnaryInstruction<RoundF32>(d, a),
        ["cvt.rni.f64.f64"] = (d, a) => new UnaryInstruction<RoundF64>(d, a),
    };

    private static readonly Dictionary<string, Func<int, int, int, PtxInstruction>> s_binary = new()
    {
        ["add.s32"] = (d, a, b) => new BinaryInstruction<Add32>(d, a, b),
        ["add.u32"] = (d, a, b) => new BinaryInstruction<Add32>(d, a, b),
        ["sub.s32"] = (d, a, b) => new BinaryInstruction<Sub32>(d, a, b),
        ["sub.u32"] = (d, a, b) => new BinaryInstruction<Sub32>(d, a, b),
        ["mul.lo.s32"] = (d, a, b) => new BinaryInstruction<MulLow32>(d, a, b),
        ["mul.lo.u32"] = (d, a, b) => new BinaryInstruction<MulLow32>(d, a, b),
        ["add.s16"] = (d, a, b) => new BinaryInstruction<Add16>(d, a, b),
        ["sub.s16"] = (d, a, b) => new BinaryInstruction<Sub16>(d, a, b),
        ["mul.lo.s16"] = (d, a, b) => new BinaryInstruction<MulLow16>(d, a, b),
        ["mul.hi.u16"] = (d, a, b) => new BinaryInstruction<MulHighU16>(d, a, b),
        ["add.s64"] = (d, a, b) => new BinaryInstruction<Add64>(d, a, b),
        ["add.u64"] = (d, a, b) => new BinaryInstruction<Add64>(d, a, b),
        ["sub.s64"] = (d, a, b) => new BinaryInstruction<Sub64>(d, a, b),
        ["mul.lo.s64"] = (d, a, b) => new BinaryInstruction<MulLow64>(d, a, b),
        ["mul.wide.u32"] = (d, a, b) => new BinaryInstruction<MulWideU32>(d, a, b),
        ["mul.wide.s32"] = (d, a, b) => new BinaryInstruction<MulWideS32>(d, a, b),
        ["mul.hi.u32"] = (d, a, b) => new BinaryInstruction<MulHighU32>(d, a, b),
        ["div.u32"] = (d, a, b) => new BinaryInstruction<DivU32>(d, a, b),
        ["rem.u32"] = (d, a, b) => new BinaryInstruction<RemU32>(d, a, b),
        ["div.s32"] = (d, a, b) => new BinaryInstruction<DivS32>(d, a, b),
        ["rem.s32"] = (d, a, b) => new BinaryInstruction<RemS32>(d, a, b),
        ["min.s32"] = (d, a, b) => new BinaryInstruction<MinS32>(d, a, b),
        ["max.s32"] = (d, a, b) => new BinaryInstruction<MaxS32>(d, a, b),
        ["min.u32"] = (d, a, b) => new BinaryInstruction<MinU32>(d, a, b),
        ["max.u32"] = (d, a, b) => new BinaryInstruction<MaxU32>(d, a, b),
        ["and.b16"] = (d, a, b) => new BinaryInstruction<And>(d, a, b),
        ["and.b32"] = (d, a, b) => new BinaryInstruction<And>(d, a, b),
        ["and.b64"] = (d, a, b) => new BinaryInstruction<And>(d, a, b),
        ["and.pred"] = (d, a, b) => new BinaryInstruction<And>(d, a, b),
        ["or.b16"] = (d, a, b) => new BinaryInstruction<Or>(d, a, b),
        ["or.b32"] = (d, a, b) => new BinaryInstruction<Or>(d, a, b),
        ["or.b64"] = (d, a, b) => new BinaryInstruction<Or>(d, a, b),
        ["or.pred"] = (d, a, b) => new BinaryInstruction<Or>(d, a, b),
        ["xor.b16"] = (d, a, b) => new BinaryInstruction<Xor>(d, a, b),
        ["xor.b32"] = (d, a, b) => new BinaryInstruction<Xor>(d, a, b),
        ["xor.b64"] = (d, a, b) => new BinaryInstruction<Xor>(d, a, b),
        ["xor.pred"] = (d, a, b) => new BinaryInstruction<Xor>(d, a, b),
        ["shl.b32"] = (d, a, b) => new BinaryInstruction<Shl32>(d, a, b),
        ["shl.b64"] = (d, a, b) => new BinaryInstruction<Shl64>(d, a, b),
        ["shr.u16"] = (d, a, b) => new BinaryInstruction<ShrU16>(d, a, b),
        ["shr.u32"] = (d, a, b) => new BinaryInstruction<ShrU32>(d, a, b),
        ["shr.u64"] = (d, a, b) => new BinaryInstruction<ShrU64>(d, a, b),
        ["shr.s32"] = (d, a, b) => new BinaryInstruction<ShrS32>(d, a, b),
        ["shr.s64"] = (d, a, b) => new BinaryInstruction<ShrS64>(d, a, b),
        ["max.f32"] = (d, a, b) => new BinaryInstruction<MaxF32>(d, a, b),
        ["min.f32"] = (d, a, b) => new BinaryInstruction<MinF32>(d, a, b),
        ["add.rn.f32"] = (d, a, b) => new BinaryInstruction<AddF32>(d, a, b),
        ["add.rn.f64"] = (d, a, b) => new BinaryInstruction<AddF64>(d, a, b),
        ["sub.rn.f32"] = (d, a, b) => new BinaryInstruction<SubF32>(d, a, b),
        ["sub.rn.f64"] = (d, a, b) => new BinaryInstruction<SubF64>(d, a, b),
        ["mul.rn.f32"] = (d, a, b) => new BinaryInstruction<MulF32>(d, a, b),
        ["mul.rn.sat.f32"] = (d, a, b) => new BinaryInstruction<MulSaturatedF32>(d, a, b),
        ["mul.rn.f64"] = (d, a, b) => new BinaryInstruction<MulF64>(d, a, b),
        ["div.rn.f32"] = (d, a, b) => new BinaryInstruction<DivF32>(d, a, b),
        ["div.rn.f64"] = (d, a, b) => new BinaryInstruction<DivF64>(d, a, b),
        ["cvt.rn.bf16x2.f32"] = (d, a, b) => new BinaryInstruction<PackBrainFloats>(d, a, b),
        ["setp.eq.s32"] = (d, a, b) => new BinaryInstruction<EqS32>(d, a, b),
        ["setp.ne.s32"] = (d, a, b) => new BinaryInstruction<NeS32>(d, a, b),
        ["setp.lt.s32"] = (d, a, b) => new BinaryInstruction<LtS32>(d, a, b),
        ["setp.le.s32"] = (d, a, b) => new BinaryInstruction<LeS32>(d, a, b),
        ["setp.gt.s32"] = (d, a, b) => new BinaryInstruction<GtS32>(d, a, b),
        ["setp.ge.s32"] = (d, a, b) => new BinaryInstruction<GeS32>(d, a, b),
        ["setp.eq.u32"] = (d, a, b) => new BinaryInstruction<EqU32>(d, a, b),
        ["setp.eq.b32"] = (d, a, b) => new BinaryInstruction<EqU32>(d, a, b),
        ["setp.ne.u32"] = (d, a, b) => new BinaryInstruction<NeU32>(d, a, b),
        ["setp.ne.b32"] = (d, a, b) => new BinaryInstruction<NeU32>(d, a, b),
        ["setp.lt.u32"] = (d, a, b) => new BinaryInstruction<LtU32>(d, a, b),
        ["setp.le.u32"] = (d, a, b) => new BinaryInstruction<LeU32>(d, a, b),
        ["setp.gt.u32"] = (d, a, b) => new BinaryInstruction<GtU32>(d, a, b),
        ["setp.ge.u32"] = (d, a, b) => new BinaryInstruction<GeU32>(d, a, b),
        ["setp.eq.s16"] = (d, a, b) => new BinaryInstruction<EqS16>(d, a, b),
        ["setp.ne.s16"] = (d, a, b) => new BinaryInstruction<NeS16>(d, a, b),
        ["setp.lt.s16"] = (d, a, b) => new BinaryInstruction<LtS16>(d, a, b),
        ["setp.le.s16"] = (d, a, b) => new BinaryInstruction<LeS16>(d, a, b),
        ["setp.gt.s16"] = (d, a, b) => new BinaryInstruction<GtS16>(d, a, b),
        ["setp.ge.s16"] = (d, a, b) => new BinaryInstruction<GeS16>(d, a, b),
        ["setp.eq.u16"] = (d, a, b) => new BinaryInstruction<EqU16>(d, a, b),
        ["setp.eq.b16"] = (d, a, b) => new BinaryInstruction<EqU16>(d, a, b),
        ["setp.ne.u16"] = (d, a, b) => new BinaryInstruction<NeU16>(d, a, b),
        ["setp.ne.b16"] = (d, a, b) => new BinaryInstruction<NeU16>(d, a, b),
        ["setp.lt.u16"] = (d, a, b) => new BinaryInstruction<LtU16>(d, a, b),
        ["setp.le.u16"] = (d, a, b) => new BinaryInstruction<LeU16>(d, a, b),
        ["setp.gt.u16"] = (d, a, b) => new BinaryInstruction<GtU16>(d, a, b),
        ["setp.ge.u16"] = (d, a, b) => new BinaryInstruction<GeU16>(d, a, b),
        ["setp.eq.s64"] = (d, a, b) => new BinaryInstruction<EqS64>(d, a, b),
        ["setp.ne.s64"] = (d, a, b) => new BinaryInstruction<NeS64>(d, a, b),
        ["setp.lt.s64"] = (d, a, b) => new BinaryInstruction<LtS64>(d, a, b),
        ["setp.le.s64"] = (d, a, b) => new BinaryInstruction<LeS64>(d, a, b),
        ["setp.gt.s64"] = (d, a, b) => new BinaryInstruction<GtS64>(d, a, b),
        ["setp.ge.s64"] = (d, a, b) => new BinaryInstruction<GeS64>(d, a, b),
        ["setp.eq.u64"] = (d, a, b) => new BinaryInstruction<EqU64>(d, a, b),
        ["setp.eq.b64"] = (d, a, b) => new BinaryInstruction<EqU64>(d, a, b),
        ["setp.ne.u64"] = (d, a, b) => new BinaryInstruction<NeU64>(d, a, b),
        ["setp.ne.b64"] = (d, a, b) => new BinaryInstruction<NeU64>(d, a, b),
        ["setp.lt.u64"] = (d, a, b) => new BinaryInstruction<LtU64>(d, a, b),
        ["setp.le.u64"] = (d, a, b) => new BinaryInstruction<LeU64>(d, a, b),
        ["setp.gt.u64"] = (d, a, b) => new BinaryInstruction<GtU64>(d, a, b),
        ["setp.ge.u64"] = (d, a, b) => new BinaryInstruction<GeU64>(d, a, b),
        ["setp.eq.f32"] = (d, a, b) => new BinaryInstruction<EqF32>(d, a, b),
        ["setp.lt.f32"] = (d, a, b) => new BinaryInstruction<LtF32>(d, a, b),
        ["setp.le.f32"] = (d, a, b) => new BinaryInstruction<LeF32>(d, a, b),
        ["setp.gt.f32"] = (d, a, b) => new BinaryInstruction<GtF32>(d, a, b),
        ["setp.ge.f32"] = (d, a, b) => new BinaryInstruction<GeF32>(d, a, b),
        ["setp.neu.f32"] = (d, a, b) => new BinaryInstruction<NeuF32>(d, a, b),
        ["setp.ltu.f32"] = (d, a, b) => new BinaryInstruction<LtuF32>(d, a, b),
        ["setp.leu.f32"] = (d, a, b) => new BinaryInstruction<LeuF32>(d, a, b),
        ["setp.gtu.f32"] = (d, a, b) => new BinaryInstruction<GtuF32>(d, a, b),
        ["setp.geu.f32"] = (d, a, b) => new BinaryInstruction<GeuF32>(d, a, b),
        ["setp.ne.f32"] = (d, a, b) => new BinaryInstruction<NeF32>(d, a, b),
        ["setp.equ.f32"] = (d, a, b) => new BinaryInstruction<EquF32>(d, a, b),
        ["setp.nan.f32"] = (d, a, b) => new BinaryInstruction<NanF32>(d, a, b),
        ["setp.num.f32"] = (d, a, b) => new BinaryInstruction<NumF32>(d, a, b),
        ["setp.eq.f64"] = (d, a, b) => new BinaryInstruction<EqF64>(d, a, b),
        ["setp.lt.f64"] = (d, a, b) => new BinaryInstruction<LtF64>(d, a, b),
        ["setp.le.f64"] = (d, a, b) => new BinaryInstruction<LeF64>(d, a, b),
        ["setp.gt.f64"] = (d, a, b) => new BinaryInstruction<GtF64>(d, a, b),
        ["setp.ge.f64"] = (d, a, b) => new BinaryInstruction<GeF64>(d, a, b),
        ["setp.neu.f64"] = (d, a, b) => new BinaryInstruction<NeuF64>(d, a, b),
        ["setp.ltu.f64"] = (d, a, b) => new BinaryInstruction<LtuF64>(d, a, b),
        ["setp.leu.f64"] = (d, a, b) => new BinaryInstruction<LeuF64>(d, a, b),
        ["setp.gtu.f64"] = (d, a, b) => new BinaryInstruction<GtuF64>(d, a, b),
        ["setp.geu.f64"] = (d, a, b) => new BinaryInstruction<GeuF64>(d, a, b),
        ["setp.ne.f64"] = (d, a, b) => new BinaryInstruction<NeF64>(d, a, b),
        ["setp.equ.f64"] = (d, a, b) => new BinaryInstruction<EquF64>(d, a, b),
        ["setp.nan.f64"] = (d, a, b) => new BinaryInstruction<NanF64>(d, a, b),
        ["setp.num.f64"] = (d, a, b) => new BinaryInstruction<NumF64>(d, a, b),
    };

    private static readonly Dictionary<string, Func<int, int, int, int, PtxInstruction>> s_ternary = new()
    {
        ["mad.lo.s32"] = (d, a, b, c) => new TernaryInstruction<MadLow32>(d, a, b, c),
        ["mad.lo.u32"] = (d, a, b, c) => new TernaryInstruction<MadLow32>(d, a, b, c),
        ["mad.lo.s64"] = (d, a, b, c) => new TernaryInstruction<MadLow64>(d, a, b, c),
        ["mad.wide.u32"] = (d, a, b, c) => new TernaryInstruction<MadWideU32>(d, a, b, c),
        ["mad.wide.s32"] = (d, a, b, c) => new TernaryInstruction<MadWideS32>(d, a, b, c),
        ["fma.rn.f32"] = (d, a, b, c) => new TernaryInstruction<FmaF32>(d, a, b, c),
        ["fma.rn.f64"] = (d, a, b, c) => new TernaryInstruction<FmaF64>(d, a, b, c),
        ["bfe.u32"] = (d, a, b, c) => new TernaryInstruction<BfeU32>(d, a, b, c),
        ["selp.b16"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.u16"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.s16"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.b32"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.u32"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.s32"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.f32"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.b64"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.u64"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.s64"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
        ["selp.f64"] = (d, a, b, c) => new TernaryInstruction<Choose>(d, a, b, c),
    };

    /// <summary>Decodes an instruction.</summary>
    /// <exception cref="KeyNotFoundException">There is no such instruction, or one of its operands.</exception>
    public static PtxInstruction Create(string operation, string[] operands, KernelBuilder builder)
    {
        if (operation is "mov.b64" or "mov.b32" && operands.Any(operand => operand[0] == '{'))
            return Halves(operands, operation == "mov.b64" ? 32 : 16, builder);
        if (s_unary.TryGetValue(operation, out Func<int, int, PtxInstruction>? unary) && operands.Length == 2)
            return unary(builder.Target(operands[0]), builder.Source(operands[1]));
        if (s_binary.TryGetValue(operation, out Func<int, int, int, PtxInstruction>? binary) && operands.Length == 3)
            return binary(builder.Target(operands[0]), builder.Source(operands[1]), builder.Source(operands[2]));
        if (s_ternary.TryGetValue(operation, out Func<int, int, int, int, PtxInstruction>? ternary) && operands.Length == 4)
            return ternary(builder.Target(operands[0]), builder.Source(operands[1]), builder.Source(operands[2]), builder.Source(operands[3]));
        switch (operation)
        {
            case "bra" or "bra.uni":
                return new BranchInstruction();
            case "ret" or "exit":
                return new ExitInstruction();
            case "bar.sync" when operands is ["0"]:
                return new BarrierInstruction();
            case "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32" or "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32":
                return new MatrixMultiplyInstruction(
                    [.. Names(operands[0]).Select(builder.Target)],
                    [.. Names(operands[1]).Select(builder.Source)],
                    [.. Names(operands[2]).Select(builder.Source)],
                    [.. Names(operands[3]).Select(builder.Source)],
                    operation.Contains("bf16", StringComparison.Ordinal));
            case "bfi.b32":
                return new BitFieldInsertInstruction(
                    builder.Target(operands[0]), builder.Source(operands[1]), builder.Source(operands[2]), (int)Number(operands[3]), (int)Number(operands[4]));
            case "shfl.sync.bfly.b32":
                return new ShuffleInstruction(
                    builder.Target(operands[0]), builder.Source(operands[1]), builder.Source(operands[2]), Number(operands[3]), Number(operands[4]));
            case "vote.sync.ballot.b32":
                return new BallotInstruction(builder.Target(operands[0]), builder.Source(operands[1]), Number(operands[2]));
        }

        string[] parts = operation.Split('.');
        return parts[0] switch
        {
            "ld" or "st" => MemoryAccess(parts, operands, builder),
            _ => throw new KeyNotFoundException($"no instruction {operation} with {operands.Length} operands"),
        };
    }

    // mov.b64 {low, high}, x; mov.b64 d, {low, high}
    private static PtxInstruction Halves(string[] operands, int bits, KernelBuilder builder)
    {
        bool split = operands[0][0] == '{';
        string[] names = Names(operands[split ? 0 : 1]);
        if (names.Length != 2)
            throw new KeyNotFoundException("only two halves are known");
        return split
            ? new SplitInstruction(builder.Target(names[0]), builder.Target(names[1]), builder.Source(operands[1]), bits)
            : new JoinInstruction(builder.Target(operands[0]), builder.Source(names[0]), builder.Source(names[1]), bits);
    }

    // ld.space[.v4].type, st.space[.v4].type
    private static PtxInstruction MemoryAccess(string[] parts, string[] operands, KernelBuilder builder)
    {
        bool load = parts[0] == "ld";
        int count = parts.Length == 4 ? parts[2] switch { "v2" => 2, "v4" => 4, _ => throw new KeyNotFoundException($"unknown vector {parts[2]}") } : 1;
        int size = parts[^1] switch
        {
            "u8" or "b8" => 1,
            "u16" or "b16" => 2,
            "u32" or "b32" or "s32" or "f32" => 4,
            "u64" or "b64" or "s64" or "f64" => 8,
            _ => throw new KeyNotFoundException($"unknown type {parts[^1]}"),
        };
        string values = load ? operands[0] : operands[1], place = load ? operands[1] : operands[0];
        string[] names = count == 1 ? [values] : Names(values);
        if (names.Length != count)
            throw new KeyNotFoundException("the vector's size does not fit");
        int[] rows = [.. names.Select(name => load ? builder.Target(name) : builder.Source(name))];
        (int row, int distance) = builder.Address(place);
        return (parts[1], load) switch
        {
            ("param", true) => new LoadParameterInstruction(rows, row, distance, size),
            ("global", true) => new LoadGlobalInstruction(rows, row, distance, size),
            ("global", false) => new StoreGlobalInstruction(rows, row, distance, size),
            ("shared", true) => new LoadSharedInstruction(rows, row, distance, size),
            ("shared", false) => new StoreSharedInstruction(rows, row, distance, size),
            _ => throw new KeyNotFoundException($"unknown space {parts[1]}"),
        };
    }

    // {a, b}
    private static string[] Names(string vector) => [.. vector.Trim('{', '}').Split(',').Select(name => name.Trim())];

    private static uint Number(string operand) => (uint)long.Parse(operand, CultureInfo.InvariantCulture);
}
