using System.Globalization;
using System.Runtime.InteropServices;
using Numerics.CudaSimulator.Memory;
using Numerics.CudaSimulator.Ptx;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>The interpreter against what the PTX ISA says, on small kernels written for one thing each.</summary>
public sealed class PtxInterpreterTests : IDisposable
{
    private readonly DeviceMemory _memory = new();

    public void Dispose() => _memory.Dispose();

    public static TheoryData<string, string, ulong, ulong, ulong> Integers => new()
    {
        { "add.s32 %r3, %r1, %r2;", "%r3", 0xFFFFFFFF, 2, 1 },
        { "sub.s32 %r3, %r1, %r2;", "%r3", 1, 2, 0xFFFFFFFF },
        { "mul.lo.s32 %r3, %r1, %r2;", "%r3", 0x10001, 0x10001, 0x20001 },
        { "mul.hi.u32 %r3, %r1, %r2;", "%r3", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE },
        { "mad.lo.s32 %r3, %r1, %r2, %r1;", "%r3", 3, 0xFFFFFFFF, 0 },
        { "div.u32 %r3, %r1, %r2;", "%r3", 0xFFFFFFFE, 2, 0x7FFFFFFF },
        { "div.s32 %r3, %r1, %r2;", "%r3", 0xFFFFFFF9, 2, 0xFFFFFFFD },
        { "rem.u32 %r3, %r1, %r2;", "%r3", 17, 5, 2 },
        { "rem.s32 %r3, %r1, %r2;", "%r3", 0xFFFFFFF9, 2, 0xFFFFFFFF },
        { "min.s32 %r3, %r1, %r2;", "%r3", 0xFFFFFFFF, 5, 0xFFFFFFFF },
        { "min.u32 %r3, %r1, %r2;", "%r3", 0xFFFFFFFF, 5, 5 },
        { "max.s32 %r3, %r1, %r2;", "%r3", 0xFFFFFFFF, 5, 5 },
        { "shl.b32 %r3, %r1, %r2;", "%r3", 3, 31, 0x80000000 },
        { "shl.b32 %r3, %r1, %r2;", "%r3", 3, 32, 0 },
        { "shr.u32 %r3, %r1, %r2;", "%r3", 0x80000000, 31, 1 },
        { "shr.s32 %r3, %r1, %r2;", "%r3", 0x80000000, 40, 0xFFFFFFFF },
        { "and.b32 %r3, %r1, %r2;", "%r3", 0xF0F0, 0xFF00, 0xF000 },
        { "xor.b32 %r3, %r1, %r2;", "%r3", 0xF0F0, 0xFF00, 0x0FF0 },
        { "neg.s32 %r3, %r1;", "%r3", 5, 0, 0xFFFFFFFB },
        { "popc.b32 %r3, %r1;", "%r3", 0x80000101, 0, 3 },
        { "cvt.u16.u32 %rs1, %r1; cvt.u16.u32 %rs2, %r2; add.s16 %rs3, %rs1, %rs2; cvt.u32.u16 %r3, %rs3;", "%r3", 0xFFFF, 2, 1 },
        { "cvt.u16.u32 %rs1, %r1; cvt.u16.u32 %rs2, %r2; sub.s16 %rs3, %rs1, %rs2; cvt.u32.u16 %r3, %rs3;", "%r3", 1, 2, 0xFFFF },
        { "cvt.u16.u32 %rs1, %r1; cvt.u16.u32 %rs2, %r2; mul.lo.s16 %rs3, %rs1, %rs2; cvt.u32.u16 %r3, %rs3;", "%r3", 0x101, 0x101, 0x201 },
        { "cvt.u16.u32 %rs1, %r1; cvt.u16.u32 %rs2, %r2; mul.hi.u16 %rs3, %rs1, %rs2; cvt.u32.u16 %r3, %rs3;", "%r3", 0xFFFF, 0xAAAB, 0xAAAA },
        { "cvt.u16.u32 %rs1, %r1; shr.u16 %rs3, %rs1, 9; cvt.u32.u16 %r3, %rs3;", "%r3", 0xFE00, 0, 0x7F },
        { "bfe.u32 %r3, %r1, 4, 8;", "%r3", 0xABCD, 0, 0xBC },
        { "bfi.b32 %r3, %r1, %r2, 4, 8;", "%r3", 0x5AB, 0x12345678, 0x12345AB8 },
        { "setp.lt.s32 %p1, %r1, %r2; selp.b32 %r3, 7, 9, %p1;", "%r3", 0xFFFFFFFF, 0, 7 },
        { "setp.lt.u32 %p1, %r1, %r2; selp.b32 %r3, 7, 9, %p1;", "%r3", 0xFFFFFFFF, 0, 9 },
        { "mov.u32 %r3, 1; setp.eq.s32 %p1, %r1, %r2; @%p1 mov.u32 %r3, 2;", "%r3", 4, 4, 2 },
        { "mov.u32 %r3, 1; setp.eq.s32 %p1, %r1, %r2; @!%p1 mov.u32 %r3, 2;", "%r3", 4, 4, 1 },
        { "mul.wide.u32 %rd9, %r1, %r2; cvt.u32.u64 %r3, %rd9;", "%r3", 0x10000, 0x10000, 0 },
        { "mul.wide.s32 %rd9, %r1, %r2; shr.u64 %rd9, %rd9, 32; cvt.u32.u64 %r3, %rd9;", "%r3", 0xFFFFFFFF, 3, 0xFFFFFFFF },
    };

    public static TheoryData<string, float, float, float> Floats => new()
    {
        { "add.rn.f32 %f3, %f1, %f2;", 16777216, 1, 16777216 },
        { "fma.rn.f32 %f3, %f1, %f2, %f1;", 1.0000001f, 1.0000001f, MathF.FusedMultiplyAdd(1.0000001f, 1.0000001f, 1.0000001f) },
        { "div.rn.f32 %f3, %f1, %f2;", 1, 0, float.PositiveInfinity },
        { "mul.rn.f32 %f3, %f1, %f2;", 1e-30f, 1e-10f, 1e-30f * 1e-10f },
        { "sqrt.rn.f32 %f3, %f1;", -1, 0, float.NaN },
        { "max.f32 %f3, %f1, %f2;", float.NaN, 3, 3 },
        { "mul.rn.sat.f32 %f3, %f1, %f2;", 0.25f, 2, 0.5f },
        { "mul.rn.sat.f32 %f3, %f1, %f2;", 3, 2, 1 },
        { "mul.rn.sat.f32 %f3, %f1, %f2;", -3, 2, 0 },
        { "mul.rn.sat.f32 %f3, %f1, %f2;", float.NaN, 2, 0 },
        { "abs.f32 %f3, %f1;", -2.5f, 0, 2.5f },
        { "neg.f32 %f3, %f1;", 0, 0, -0f },
        { "rcp.rn.f32 %f3, %f1;", 3, 0, 1f / 3 },
        { "cvt.rni.f32.f32 %f3, %f1;", 2.5f, 0, 2 },
        { "cvt.rzi.s32.f32 %r3, %f1; cvt.rn.f32.s32 %f3, %r3;", -2.9f, 0, -2 },
        { "cvt.rzi.s32.f32 %r3, %f1; cvt.rn.f32.s32 %f3, %r3;", 1e20f, 0, 2147483647f },
        { "cvt.rzi.s32.f32 %r3, %f1; cvt.rn.f32.s32 %f3, %r3;", float.NaN, 0, 0 },
        { "cvt.f64.f32 %fd1, %f1; cvt.f64.f32 %fd2, %f2; add.rn.f64 %fd1, %fd1, %fd2; cvt.rn.f32.f64 %f3, %fd1;", 16777216, 1, 16777216 },
        { "setp.lt.f32 %p1, %f1, %f2; selp.f32 %f3, 0f3F800000, 0f00000000, %p1;", float.NaN, 1, 0 },
        { "setp.ltu.f32 %p1, %f1, %f2; selp.f32 %f3, 0f3F800000, 0f00000000, %p1;", float.NaN, 1, 1 },
        { "setp.nan.f32 %p1, %f1, %f2; selp.f32 %f3, 0f3F800000, 0f00000000, %p1;", 1, float.NaN, 1 },
        { "setp.num.f32 %p1, %f1, %f2; selp.f32 %f3, 0f3F800000, 0f00000000, %p1;", 1, float.NaN, 0 },
        { "setp.ne.f32 %p1, %f1, %f2; selp.f32 %f3, 0f3F800000, 0f00000000, %p1;", 1, float.NaN, 0 },
        { "setp.neu.f32 %p1, %f1, %f2; selp.f32 %f3, 0f3F800000, 0f00000000, %p1;", 1, float.NaN, 1 },
    };

    [Theory]
    [MemberData(nameof(Integers))]
    public void Integer_instructions(string code, string result, ulong a, ulong b, ulong expected) =>
        Assert.All(Run($"ld.param.u32 %r1, [k_param_1]; ld.param.u32 %r2, [k_param_2]; {code}", $"st.global.u32 [%rd2], {result};", 32, (uint)a, (uint)b),
            value => Assert.Equal((uint)expected, value));

    [Theory]
    [MemberData(nameof(Floats))]
    public void Float_instructions(string code, float a, float b, float expected) =>
        Assert.All(
            Run(
                $"ld.param.f32 %f1, [k_param_1]; ld.param.f32 %f2, [k_param_2]; {code}",
                "st.global.f32 [%rd2], %f3;",
                32,
                BitConverter.SingleToUInt32Bits(a),
                BitConverter.SingleToUInt32Bits(b)),
            value => Assert.Equal(BitConverter.SingleToUInt32Bits(expected), value));

    [Fact]
    public void Lanes_part_and_meet_again()
    {
        // Nested: the thread's number modulo 3 picks a side, an odd one a second.
        uint[] values = Run(
            """
            rem.u32 %r2, %r9, 3;
            setp.eq.s32 %p1, %r2, 0;
            @%p1 bra $A;
            and.b32 %r3, %r9, 1;
            setp.eq.s32 %p2, %r3, 1;
            @%p2 bra $B;
            mov.u32 %r4, 100;
            bra.uni $C;
            $B:
            mov.u32 %r4, 200;
            bra.uni $C;
            $A:
            mov.u32 %r4, 300;
            $C:
            add.s32 %r4, %r4, %r9;
            """,
            "st.global.u32 [%rd2], %r4;",
            70);
        for (uint i = 0; i < 70; i++)
            Assert.Equal((i % 3 == 0 ? 300 : i % 2 == 1 ? 200u : 100) + i, values[i]);
    }

    [Fact]
    public void Loops_of_different_lengths()
    {
        uint[] values = Run(
            """
            mov.u32 %r2, 0;
            mov.u32 %r3, 0;
            $L:
            setp.ge.u32 %p1, %r2, %r9;
            @%p1 bra $E;
            add.s32 %r3, %r3, %r2;
            add.s32 %r2, %r2, 1;
            bra.uni $L;
            $E:
            """,
            "st.global.u32 [%rd2], %r3;",
            40);
        for (uint i = 0; i < 40; i++)
            Assert.Equal(i == 0 ? 0 : i * (i - 1) / 2, values[i]);
    }

    [Fact]
    public void Shared_memory_between_warps_behind_a_barrier()
    {
        // Each thread writes its number and reads that of the thread at the mirrored place.
        uint[] values = Run(
            """
            mul.wide.u32 %rd5, %r9, 4;
            mov.u64 %rd6, tile;
            add.s64 %rd7, %rd6, %rd5;
            st.shared.u32 [%rd7], %r9;
            bar.sync 0;
            sub.s32 %r2, 95, %r9;
            mul.wide.u32 %rd5, %r2, 4;
            add.s64 %rd7, %rd6, %rd5;
            ld.shared.u32 %r3, [%rd7];
            """,
            "st.global.u32 [%rd2], %r3;",
            96);
        for (uint i = 0; i < 96; i++)
            Assert.Equal(95 - i, values[i]);
    }

    [Fact]
    public void Shuffles_swap_lanes()
    {
        uint[] values = Run("shfl.sync.bfly.b32 %r3, %r9, 5, 31, -1;", "st.global.u32 [%rd2], %r3;", 64);
        for (uint i = 0; i < 64; i++)
            Assert.Equal(i ^ 5, values[i]);
    }

    [Fact]
    public void A_ballot_tells_all_lanes_who_is_for_it()
    {
        uint[] values = Run("and.b32 %r4, %r9, 5; setp.eq.s32 %p1, %r4, 1; vote.sync.ballot.b32 %r3, %p1, -1;", "st.global.u32 [%rd2], %r3;", 64);
        uint expected = 0;
        for (int lane = 0; lane < 32; lane++)
            expected |= (lane & 5) == 1 ? 1u << lane : 0;
        Assert.All(values, value => Assert.Equal(expected, value));
    }

    [Fact]
    public void A_shuffle_waits_for_lanes_that_come_later()
    {
        // The lower half of a warp takes a longer way to the shuffle, which stands before it in the text.
        uint[] values = Run(
            """
            and.b32 %r2, %r9, 16;
            mov.u32 %r4, %r9;
            setp.eq.s32 %p1, %r2, 0;
            @%p1 bra $LONG;
            $SHUFFLE:
            shfl.sync.bfly.b32 %r3, %r4, 16, 31, -1;
            bra.uni $E;
            $LONG:
            add.s32 %r4, %r4, 1000;
            bra.uni $SHUFFLE;
            $E:
            """,
            "st.global.u32 [%rd2], %r3;",
            32);
        for (uint i = 0; i < 32; i++)
            Assert.Equal(i < 16 ? i + 16 : i - 16 + 1000, values[i]);
    }

    [Fact]
    public void Halves_of_words()
    {
        uint[] values = Run("mov.b64 %rd9, {%r9, 7}; mov.b64 {%r2, %r3}, %rd9; add.s32 %r3, %r3, %r2;", "st.global.u32 [%rd2], %r3;", 32);
        Assert.Equal(38u, values[31]);
    }

    [Theory]
    [InlineData("frobnicate.s32 %r1, %r1, %r1;", "frobnicate")]
    [InlineData("add.sat.s32 %r1, %r1, %r1;", "add.sat.s32")]
    [InlineData("bra $NOWHERE;", "NOWHERE")]
    [InlineData("mov.u32 %r1, %clock;", "%clock")]
    [InlineData("add.s32 %r1, %r777, %r1;", "%r777")]
    public void What_is_not_known_is_refused(string code, string named)
    {
        Exception error = Assert.ThrowsAny<Exception>(() => PtxModule.Parse(Text(code, "")));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add.s64 %rd2, %rd2, 1000000;", "no allocation")]
    [InlineData("add.s64 %rd2, %rd2, 2;", "misaligned")]
    [InlineData("mov.u64 %rd6, tile; st.shared.u32 [%rd6+4096], %r9;", "shared address")]
    public void Wrong_addresses_are_errors(string code, string reason)
    {
        PtxException error = Assert.Throws<PtxException>(() => Run(code, "st.global.u32 [%rd2], %r9;", 32));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_barrier_in_one_branch_only_is_an_error()
    {
        const string Code = """
            setp.lt.u32 %p1, %r9, 7;
            @%p1 bra $A;
            bar.sync 0;
            bra.uni $B;
            $A:
            bar.sync 0;
            $B:
            """;
        Assert.Contains("different barriers", Assert.Throws<PtxException>(() => Run(Code, "st.global.u32 [%rd2], %r9;", 32)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shuffle_that_some_lanes_never_reach_is_an_error()
    {
        const string Code = """
            setp.lt.u32 %p1, %r9, 7;
            @%p1 bra $A;
            shfl.sync.bfly.b32 %r3, %r9, 5, 31, -1;
            $A:
            bar.sync 0;
            """;
        Assert.Contains("shuffle", Assert.Throws<PtxException>(() => Run(Code, "st.global.u32 [%rd2], %r9;", 32)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Launches_that_a_device_refuses()
    {
        PtxKernel kernel = PtxModule.Parse(Text("", "")).Kernels["k"];
        Assert.Null(kernel.Refusal(1, 32, 0, 16));
        Assert.NotNull(kernel.Refusal(0, 32, 0, 16));
        Assert.NotNull(kernel.Refusal(1, 1025, 0, 16));
        Assert.NotNull(kernel.Refusal(new CudaDim(1, 70_000), 32, 0, 16));
        Assert.NotNull(kernel.Refusal(1, 32, 49_000, 16));
        Assert.NotNull(kernel.Refusal(1, 32, 0, 12));
    }

    // Runs a kernel with one output word for each thread; %r9 is the thread's number and %rd2 its word's address.
    private uint[] Run(string code, string store, int threads, uint a = 0, uint b = 0)
    {
        PtxKernel kernel = PtxModule.Parse(Text(code, store)).Kernels["k"];
        DeviceAllocation output = _memory.Allocate(4 * threads);
        byte[] arguments = new byte[16];
        MemoryMarshal.Write(arguments, output.Start);
        MemoryMarshal.Write(arguments.AsSpan(8), a);
        MemoryMarshal.Write(arguments.AsSpan(12), b);
        Assert.Null(kernel.Refusal(1, threads, 0, arguments.Length));
        kernel.Run(1, threads, 0, arguments, _memory);
        uint[] values = new uint[threads];
        for (int i = 0; i < threads; i++)
            values[i] = _memory.Read<uint>(output.Start + (ulong)(4 * i));
        return values;
    }

    private static string Text(string code, string store)
    {
        string body = string.Join('\n', $"{code}\n{store}".Replace(";", ";\n", StringComparison.Ordinal).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            .version 7.0
            .target sm_75
            .address_size 64
            .visible .entry k(
                .param .u64 k_param_0,
                .param .u32 k_param_1,
                .param .u32 k_param_2
            )
            {
            .reg .pred %p<5>;
            .reg .b16 %rs<5>;
            .reg .b32 %r<20>;
            .reg .f32 %f<10>;
            .reg .f64 %fd<10>;
            .reg .b64 %rd<20>;
            .shared .align 4 .b8 tile[384];
            mov.u32 %r9, %tid.x;
            ld.param.u64 %rd1, [k_param_0];
            cvta.to.global.u64 %rd1, %rd1;
            mul.wide.u32 %rd3, %r9, 4;
            add.s64 %rd2, %rd1, %rd3;
            {{body}}
            ret;
            }
            """);
    }
}
