// What the focal terms of probabilities and of logits have in common. A row is read once and stays in registers. Of rows with a class
// number, one term is computed; of soft labels, those of whole groups of elements, or none where none of a group has a label and that is
// worth a look. All is in single precision but for sums over a row.
#pragma once
#include "row_pairs.cuh"

// The number of a class; none.
constexpr u32 NoClass = ~0u;

// Soft labels [rows, classes], or class numbers [rows] of type int, and what the terms depend on. Either have kernels of their own, for those
// of numbers need much fewer registers.
template <class Label>
struct Labels
{
    const Label* of;
    const float* alpha;
    u32 alphas;
    float gamma, poly;
};

DEVICE u32 class_of(const Labels<int>& labels, const RowPlace& place)
{
    u32 number = place.inside ? (u32)labels.of[place.row] : NoClass;
    return number < place.length ? number : NoClass;
}

// The weights of the classes: one for all of them, or as many as there are classes.
struct Weights
{
    const float* each;
    u32 count;
    float first;

    template <class Label>
    METHOD explicit Weights(const Labels<Label>& labels) : each(labels.alpha), count(labels.alphas), first(labels.alpha[0]) {}

    // Of a class that there is.
    METHOD float of(u32 c) const { return count == 1 ? first : each[c]; }

    // Of those from c on; 0 beyond the last.
    template <u32 N>
    METHOD Numbers<N> from(u32 c) const
    {
        if (count == 1)
            return Numbers<N>::of([&](u32) { return first; });
        return Numbers<N>::of([&](u32 i) { return c + i < count ? each[c + i] : 0.0f; });
    }

    // Of two rows of two.
    METHOD Numbers<4> of_pairs() const { return {first, of(1), first, of(1)}; }
};

// The class numbers of two rows of two.
struct LabelPair
{
    u32 numbers[2];

    METHOD LabelPair(const Labels<int>& labels, const RowPair& pair)
    {
        Numbers<2> bits = pair.load_each((const float*)labels.of);
        numbers[0] = float_bits(bits.v[0]), numbers[1] = float_bits(bits.v[1]);
    }

    METHOD bool has(u32 row) const { return numbers[row] < 2; }
    METHOD bool is(u32 i) const { return numbers[i / 2] == i % 2; }

    // What belongs to the labels; to the first class where there is none.
    METHOD float of(u32 row, float first, float second) const { return numbers[row] == 1 ? second : first; }

    METHOD Numbers<2> of(const Numbers<4>& x) const
    {
        return {of(0, x.v[0], x.v[1]), of(1, x.v[2], x.v[3])};
    }
};

template <u32 N>
struct Powers
{
    Numbers<N> power, slope;
};

// u^gamma for u in [0, 1], and its derivative gamma·u^(gamma - 1), which is 0 for u = 0 where it would be infinite; 0^0 is 1. gamma is the
// same for all rows.
struct FocalPower
{
    float gamma;

    // How many factors make u^gamma where gamma is a small whole number, else -1.
    int factors;

    METHOD explicit FocalPower(float gamma)
        : gamma(gamma), factors(gamma >= 0.0f && gamma <= 8.0f && (float)(int)gamma == gamma ? (int)gamma : -1)
    {
    }

    template <u32 N>
    METHOD Powers<N> of(const Numbers<N>& u) const
    {
        // What nearly all use.
        if (factors == 2)
            return {Numbers<N>::of([&](u32 k) { return u.v[k] * u.v[k]; }), Numbers<N>::of([&](u32 k) { return u.v[k] + u.v[k]; })};
        if (factors == 0)
            return {Numbers<N>::of([](u32) { return 1.0f; }), Numbers<N>::of([](u32) { return 0.0f; })};
        if (factors > 0)
        {
            Numbers<N> less = Numbers<N>::of([](u32) { return 1.0f; });
#pragma unroll 1
            for (int i = 1; i < factors; i++)
                less = Numbers<N>::of([&](u32 k) { return less.v[k] * u.v[k]; });
            return {Numbers<N>::of([&](u32 k) { return less.v[k] * u.v[k]; }), Numbers<N>::of([&](u32 k) { return gamma * less.v[k]; })};
        }

        // One after the other, moving up: the code, which is long, stands here once.
        Numbers<N> power = u;
#pragma unroll 1
        for (u32 i = 0; i < N; i++)
        {
            float next = fraction_power(power.v[0], gamma);
            power = Numbers<N>::of([&](u32 k) { return k + 1 < N ? power.v[(k + 1) % N] : next; });
        }

        return {power, Numbers<N>::of([&](u32 k) { return u.v[k] == 0.0f ? 0.0f : gamma * power.v[k] / u.v[k]; })};
    }
};
