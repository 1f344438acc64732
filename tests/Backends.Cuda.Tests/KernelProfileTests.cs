using System.Runtime.InteropServices;
using Numerics.CudaSimulator;
using Numerics.CudaSimulator.Memory;
using Numerics.CudaSimulator.Ptx;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

public sealed class KernelProfileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Instructions_count_once_a_warp_and_once_a_lane(int blocks)
    {
        KernelProfile profile = Run(blocks, threads: 48);
        Assert.Equal(["mov.u32", "ld.param.u64", "setp.lt.u32", "bra", "add.s32", "mul.wide.u32", "add.s64", "ld.global.u32", "st.global.u32", "ret"], profile.Instructions.Select(count => count.Operation));

        // Of the 32 lanes of the first warp, 10 do not jump; the second warp has 16, which all do.
        Assert.Equal((2 * blocks, 48 * blocks), Of("setp.lt.u32"));
        Assert.Equal((1 * blocks, 10 * blocks), Of("add.s32"));
        Assert.Equal((2 * blocks, 38 * blocks), Of("bra"));
        Assert.Equal((2 * blocks, 48 * blocks), Of("ret"));

        (long, long) Of(string operation)
        {
            InstructionCount count = profile.Instructions.Single(count => count.Operation == operation);
            return (count.Issued, count.Lanes);
        }
    }

    [Fact]
    public void Sectors_count_once_an_access()
    {
        // Threads 0 to 9 are moved to words 100 to 109. Loads stand eight bytes apart: 0 to 9 from byte 800 are sectors 25 to 27, 10 to 31 are 2 to 7, and
        // 32 to 47 are 8 to 11. Stores all go to one word.
        KernelProfile profile = Run(1, threads: 48);
        Assert.Equal(3 + 6 + 4, profile.LoadedSectors);
        Assert.Equal(2, profile.StoredSectors);
    }

    [Theory]
    // Two of 32 bits and an address, which counts twice; a result may take the place of what is needed no more.
    [InlineData("add.s32 %r1, %r1, %r2; add.s32 %r3, %r1, %r2; st.global.u32 [%rd1], %r3;", 4)]
    // What is written under a condition may keep its old value.
    [InlineData("mov.u32 %r3, 1; setp.lt.u32 %p1, %r1, %r2; @%p1 mov.u32 %r3, 2; st.global.u32 [%rd1], %r3;", 5)]
    [InlineData("ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd1]; st.global.v4.u32 [%rd1], {%r1, %r2, %r3, %r4};", 6)]
    // A loop needs again what it has read before.
    [InlineData("$LOOP: add.s32 %r3, %r1, %r2; setp.lt.u32 %p1, %r3, 9; st.global.u32 [%rd1], %r3; @%p1 bra $LOOP;", 5)]
    public void Registers_count_while_they_are_needed(string code, int registers)
    {
        string text = Text[..Text.IndexOf("mov.u32", StringComparison.Ordinal)].Replace("%r<4>", "%r<5>", StringComparison.Ordinal);
        PtxKernel kernel = PtxModule.Parse($"{text}\n{code.Replace("; ", ";\n", StringComparison.Ordinal).Replace(": ", ":\n", StringComparison.Ordinal)}\nret;\n}}\n").Kernels["k"];
        Assert.Equal(registers, kernel.NewProfile().LiveRegisters);
    }

    [Theory]
    [InlineData("fma.rn.f32", InstructionClass.Float32)]
    [InlineData("max.f32", InstructionClass.Float32)]
    [InlineData("add.rn.f64", InstructionClass.Float64)]
    [InlineData("setp.ltu.f32", InstructionClass.Integer)]
    [InlineData("selp.f32", InstructionClass.Integer)]
    [InlineData("mad.lo.s32", InstructionClass.Integer)]
    [InlineData("cvt.f64.f32", InstructionClass.Conversion)]
    [InlineData("rcp.rn.f32", InstructionClass.Division)]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", InstructionClass.Matrix)]
    [InlineData("shfl.sync.bfly.b32", InstructionClass.Shuffle)]
    [InlineData("ld.shared.v2.f32", InstructionClass.Shared)]
    [InlineData("ld.param.u64", InstructionClass.Move)]
    [InlineData("st.global.v4.f32", InstructionClass.Global)]
    [InlineData("bar.sync", InstructionClass.Control)]
    public void Instructions_have_units(string operation, InstructionClass unit) => Assert.Equal(unit, new InstructionCount(operation, 1, 32).Class);

    [Fact]
    public void A_backend_over_the_simulator_is_counted_where_that_was_asked_for()
    {
        foreach (bool count in new[] { false, true })
        {
            using var api = new SimulatedCudaApi { CountInstructions = count };
            using var backend = new CudaBackend(api);
            using var scope = new TensorScope();
            Tensor x = Tensor.Ones(100, backend);
            backend.Synchronize();
            _ = api.TakeProfiles();
            backend.Unary(UnaryKind.Relu, x, x);
            backend.Unary(UnaryKind.Relu, x, x);
            backend.Synchronize();
            KernelProfile[] profiles = [.. api.TakeProfiles().Values];
            Assert.Equal(count ? 1 : 0, profiles.Length);
            Assert.Empty(api.TakeProfiles());

            // 400 bytes are 13 sectors, twice.
            Assert.Equal(count ? 26 : 0, profiles.Sum(profile => profile.StoredSectors));
        }
    }

    private static KernelProfile Run(int blocks, int threads)
    {
        PtxKernel kernel = PtxModule.Parse(Text).Kernels["k"];
        using var memory = new DeviceMemory();
        DeviceAllocation words = memory.Allocate(1024);
        byte[] arguments = new byte[8];
        MemoryMarshal.Write(arguments, words.Start);
        KernelProfile profile = kernel.NewProfile();
        kernel.Run(blocks, threads, 0, arguments, memory, profile);
        return profile;
    }

    private const string Text = """
        .version 7.0
        .target sm_75
        .address_size 64
        .visible .entry k(
            .param .u64 k_param_0
        )
        {
        .reg .pred %p<2>;
        .reg .b32 %r<4>;
        .reg .b64 %rd<4>;
        mov.u32 %r1, %tid.x;
        ld.param.u64 %rd1, [k_param_0];
        setp.lt.u32 %p1, %r1, 10;
        @!%p1 bra $FAR;
        add.s32 %r1, %r1, 100;
        $FAR:
        mul.wide.u32 %rd2, %r1, 8;
        add.s64 %rd2, %rd1, %rd2;
        ld.global.u32 %r2, [%rd2];
        st.global.u32 [%rd1], %r1;
        ret;
        }
        """;
}
