namespace Numerics.Backends.Cpu;

/// <summary>The tile heights.</summary>
internal static class Rows
{
    public readonly struct R1 : IRowCount
    {
        public static int Count => 1;
    }

    public readonly struct R2 : IRowCount
    {
        public static int Count => 2;
    }

    public readonly struct R3 : IRowCount
    {
        public static int Count => 3;
    }

    public readonly struct R4 : IRowCount
    {
        public static int Count => 4;
    }

    public readonly struct R5 : IRowCount
    {
        public static int Count => 5;
    }

    public readonly struct R6 : IRowCount
    {
        public static int Count => 6;
    }

    public readonly struct R7 : IRowCount
    {
        public static int Count => 7;
    }

    public readonly struct R8 : IRowCount
    {
        public static int Count => 8;
    }

    public readonly struct R9 : IRowCount
    {
        public static int Count => 9;
    }

    public readonly struct R10 : IRowCount
    {
        public static int Count => 10;
    }

    public readonly struct R11 : IRowCount
    {
        public static int Count => 11;
    }

    public readonly struct R12 : IRowCount
    {
        public static int Count => 12;
    }
}
