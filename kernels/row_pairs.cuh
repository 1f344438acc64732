// Rows of two numbers, of which a thread has two: four neighbouring numbers of a matrix, and two of a vector with one for each row.
#pragma once
#include "rows.cuh"

// The second row is missing where the number of rows is odd, and both in threads that are too many.
struct RowPair
{
    u32 row, rows;
    bool isWhole;

    METHOD bool has(u32 i) const { return row + i < rows; }

    METHOD Numbers<4> load(const float* matrix) const
    {
        const float* x = matrix + 2 * row;
        if (isWhole)
        {
            float4 four = load_four(x);
            return {four.x, four.y, four.z, four.w};
        }

        return Numbers<4>::of([&](u32 i) { return has(i / 2) ? x[i] : 0.0f; });
    }

    METHOD void store(float* matrix, const Numbers<4>& four) const
    {
        float* y = matrix + 2 * row;
        if (isWhole)
        {
            *(float4*)y = float4{four.v[0], four.v[1], four.v[2], four.v[3]};
            return;
        }

#pragma unroll
        for (u32 i = 0; i < 4; i++)
        {
            if (has(i / 2))
                y[i] = four.v[i];
        }
    }

    METHOD Numbers<2> load_each(const float* vector) const
    {
        if (isWhole)
        {
            float2 two = load_two(vector + row);
            return {two.x, two.y};
        }

        return Numbers<2>::of([&](u32 i) { return has(i) ? vector[row + i] : 0.0f; });
    }

    METHOD void store_each(float* vector, const Numbers<2>& two) const
    {
        if (isWhole)
        {
            *(float2*)(vector + row) = float2{two.v[0], two.v[1]};
            return;
        }

#pragma unroll
        for (u32 i = 0; i < 2; i++)
        {
            if (has(i))
                vector[row + i] = two.v[i];
        }
    }
};

// The rows of a thread, where matrices begin at some addresses, and vectors at others.
DEVICE RowPair this_pair(u32 rows, u64 matrices, u64 vectors)
{
    u32 row = 2 * first_index();
    return {row, rows, ((matrices | 2 * vectors) & 15) == 0 && row + 1 < rows};
}

// What two logits share. With R = e^(-|z_0 - z_1|) the greater has the probability 1/(1 + R), and the lesser R/(1 + R), each the other's
// 1 - p without cancellation. All is NaN where a logit is, where one is infinite and where both are -∞.
struct TwoShares
{
    float below, greater, lesser, logGreater;
    bool isFirst;

    METHOD TwoShares(float first, float second)
    {
        float gap = first - second;
        isFirst = gap >= 0.0f;
        below = -abs(gap);

        // ∞·0 is NaN.
        float power = fma(greater_number(first, second), 0.0f, exp_below_zero(below));
        greater = 1.0f / (1.0f + power);
        lesser = power * greater;
        logGreater = -log1p_fraction(power);
    }

    METHOD float log_lesser() const { return below + logGreater; }

    // What belongs to the greater and to the lesser, by the order of the row, or the other way round.
    METHOD float ordered(u32 i, float ofGreater, float ofLesser) const { return isFirst == (i == 0) ? ofGreater : ofLesser; }
};
